import { readMailServer } from '../mail-ground.ts'
import { openPost } from '../platform/mail/post.ts'
import { SettingRefused, type Settings } from '../platform/settings/settings.ts'
import { type Finding, bad, good, weak } from './finding.ts'

/** Whether mail is set, and whether its server would take any just now: it is greeted, signed in to, and given nothing. */
export async function mailFinding(settings: Settings): Promise<Finding> {
  try {
    const server = await readMailServer(settings)
    if (server === null) return good('mail', 'mail-none')
    const post = await openPost(server)
    const trouble = await post.probe().finally(() => post.close())
    const where = `${server.host}:${server.port} (tls = "${server.tls}")`
    if (trouble === null) return good('mail', 'mail', { server: where, address: server.from.address })
    return weak('mail', 'mail-away', { server: where, trouble })
  } catch (error) {
    if (error instanceof SettingRefused) return bad('mail', 'mail-refused', { what: error.message })
    throw error
  }
}
