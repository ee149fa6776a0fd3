import { useTranslations } from 'use-intl'
import { Button } from '../../design/Button.tsx'
import { type Command, SPEEDS } from './keys.ts'
import { placeWords } from './time.ts'
import type { Screen } from './use-projector.ts'

/** The buttons under the picture. Each says what it does; the key that does the same stands in the help. */
export function Controls({
  screen,
  isOff,
  act,
  onSpeed,
}: {
  screen: Screen
  isOff: boolean
  act: (command: Command) => void
  onSpeed: (speed: number) => void
}) {
  const t = useTranslations('recording')
  const button = (command: Command, name: string, sign: string) => (
    <Button aria-label={name} isDisabled={isOff} onPress={() => act(command)} className="control">
      <span aria-hidden="true">{sign}</span>
    </Button>
  )
  const worded = (command: Command, words: string) => (
    <Button isDisabled={isOff} onPress={() => act(command)} className="control">
      {words}
    </Button>
  )
  return (
    <div className="controls">
      <Button weight="main" isDisabled={isOff} onPress={() => act('toggle')} className="play">
        <span aria-hidden="true">{screen.isPlaying ? '❚❚' : '▶'}</span>
        {screen.isPlaying ? t('player.pause') : t('player.play')}
      </Button>
      <span className="control-group">
        {button('frame-back', t('key.frame-back'), '◂❘')}
        {button('frame-on', t('key.frame-on'), '❘▸')}
        {button('jump-back', t('key.jump-back'), '«')}
        {button('jump-on', t('key.jump-on'), '»')}
      </span>
      <span className="numbers place">
        <span className="unseen">{t('player.place')} </span>
        {placeWords(screen.seconds)} / {placeWords(screen.duration)}
      </span>
      <Speed speed={screen.speed} isOff={isOff} onSpeed={onSpeed} />
      <span className="control-group">
        {worded('mark-in', t('player.markIn'))}
        {worded('mark-out', t('player.markOut'))}
      </span>
      <span className="control-group last">
        {worded('sound', screen.isMuted ? t('player.soundOn') : t('player.soundOff'))}
        {worded('full', t('key.full'))}
        <Button weight="quiet" onPress={() => act('help')}>
          {t('player.keys')}
        </Button>
      </span>
    </div>
  )
}

function Speed({ speed, isOff, onSpeed }: { speed: number; isOff: boolean; onSpeed: (speed: number) => void }) {
  const t = useTranslations('recording')
  return (
    <label className="speed">
      <span>{t('player.speed')}</span>
      <select value={speed} disabled={isOff} onChange={event => onSpeed(Number(event.target.value))}>
        {SPEEDS.map(one => (
          <option key={one} value={one}>
            {t('player.times', { speed: one })}
          </option>
        ))}
      </select>
    </label>
  )
}
