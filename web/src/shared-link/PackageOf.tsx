import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { Download } from '../../design/Download.tsx'
import { Notice } from '../../design/Notice.tsx'
import { askShared } from './asking.ts'

/** A package of what the link shows: made when somebody asks for it, fetched when it is there. */
export function PackageOf({ link, recording, words }: { link: string; recording: string | null; words: string }) {
  const t = useTranslations('link')
  const { ask, waits, ready, error } = usePackage(link, recording)
  if (ready !== null) {
    return (
      <div className="row">
        <span>{words}</span>
        <Download href={ready.download} bytes={ready.bytes} words={size => t('package.download', { size })} />
      </div>
    )
  }
  return (
    <div className="stack tight">
      <div>
        <Button isPending={ask.isPending || waits !== null} onPress={() => ask.mutate()}>
          {words}
        </Button>
      </div>
      {waits !== null && (
        <Notice tone="info" live>
          {t('package.sealing')}
        </Notice>
      )}
      {error !== null && (
        <Notice tone="stop" live title={t('refused')}>
          {error.message === '' ? t('away') : error.message}
        </Notice>
      )}
    </div>
  )
}

function usePackage(link: string, recording: string | null) {
  const ask = useMutation({
    mutationFn: () => askShared('packages', { link, ...(recording === null ? {} : { recording }) }),
  })
  const waits = ask.data?.state === 'sealing' ? ask.data.export : null
  const later = useQuery({
    queryKey: ['shared', link, 'package', waits],
    queryFn: () => askShared('prepared', { link, export: waits }),
    enabled: waits !== null,
    refetchInterval: query => (query.state.data?.state === 'ready' ? false : 3000),
  })
  const ready = [ask.data, later.data].find(one => one?.state === 'ready') ?? null
  return { ask, waits, ready: ready?.state === 'ready' ? ready : null, error: ask.error ?? later.error }
}
