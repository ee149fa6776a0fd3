import bwip from 'bwip-js/node'

/** What a camera reads, as a picture for an `img`. */
export function qrPicture(text: string): string {
  const svg = bwip.toSVG({
    bcid: 'qrcode',
    text,

    paddingwidth: 4,
    paddingheight: 4,
    backgroundcolor: 'FFFFFF',
  })
  return `data:image/svg+xml;base64,${Buffer.from(svg, 'utf8').toString('base64')}`
}
