/** The day so many days from now, as a field for days takes it. Only proposed: the installation reckons with its own clock. */
export function dayFrom(days: number): string {
  const then = new Date(Date.now() + days * 86_400_000)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`
}
