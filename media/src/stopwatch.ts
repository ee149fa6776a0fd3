/** Calls `expired` once `budgetMs` have been spent running. Paused time is free. */
export function stopwatch(budgetMs: number, expired: () => void): { run(): void; pause(): void } {
  let leftMs = budgetMs
  let since: number | null = null
  let timer: NodeJS.Timeout | undefined
  return {
    run() {
      if (since !== null) return
      since = performance.now()
      timer = setTimeout(expired, Math.max(0, leftMs))
    },
    pause() {
      if (since === null) return
      clearTimeout(timer)
      leftMs -= performance.now() - since
      since = null
    },
  }
}
