/** A run that would remove more than `items` recordings and more than `share` percent of what is kept is braked. */
export type Threshold = { readonly items: number; readonly share: number }

/** Whether removing so many of what is kept passes the threshold. Both bounds must be passed. */
export function braked(threshold: Threshold, { removing, kept }: { removing: number; kept: number }): boolean {
  return removing > threshold.items && removing * 100 > threshold.share * kept
}
