import type { Language } from '@vidne/locales/say'
import { type Markup, markup } from './markup.ts'

/** Where the stylesheet of the public pages is; the server's own policy for content lets nothing else in. */
export const STYLE_PATH = '/policy/style.css'

type Framed = { readonly language: Language; readonly title: string; readonly content: Markup }

/** A public page without script and without anything from elsewhere. */
export function frame({ language, title, content }: Framed): string {
  const page = markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
${content}
</main>
</body>
</html>
`
  return page.text
}
