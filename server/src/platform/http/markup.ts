/** Markup that is safe to stand in a page. Only `markup` makes it. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | readonly Markup[]

/** Markup from a template. Everything from a camera or a person is text in it, never markup. */
export function markup(template: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const filled = parts.map(part => {
    if (part instanceof Markup) return part.text
    return typeof part === 'object' ? part.map(({ text }) => text).join('\n') : escaped(String(part))
  })
  return new Markup(String.raw({ raw: template }, ...filled))
}

export const nothing = markup``

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, sign => NAMED[sign] ?? sign)
}
