import { sql } from 'kysely'
import type { Trx } from '../../platform/database/door.ts'

/** What a file says of where it was made, as the dock keeps it once the file was read. Degrees times 10^7. */
export async function sayPlace(
  trx: Trx,
  { agency, recording, ...place }: { agency: string; recording: string; latitudeE7: number; longitudeE7: number },
): Promise<void> {
  await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
    values (${agency}::uuid, ${recording}::uuid, 90, 'place', ${JSON.stringify({ ...place, altitudeMm: null })}::jsonb, 'udta', 'test')`.execute(
    trx,
  )
}
