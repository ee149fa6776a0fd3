import { useMutation, useQueryClient } from '@tanstack/react-query'

/** Does something to a case, and shows it anew afterwards. */
export function useDoing<Wish = void, Answer = unknown>(id: string, act: (wish: Wish) => Promise<Answer>) {
  const questions = useQueryClient()
  return useMutation({
    mutationFn: act,
    onSettled: () => questions.invalidateQueries({ queryKey: ['cases', id] }),
  })
}
