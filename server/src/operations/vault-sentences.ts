/** Why a vault is not made from a backup, with what to do. */
export const VAULT_SENTENCES = {
  expired:
    'The vault in this backup has expired: the keys in it must not be used any more. Take a younger backup. If a live copy ' +
    'of the vault is left, put it back in its place and restore with --missing.',
  'not-a-backup': 'vault/ in the backup is not the backup of a vault. Use another backup.',
  damaged: 'vault/ in the backup is damaged. Use another backup.',
  'folder-not-empty':
    'The place of the vault is not empty, and nothing is written over. Move away what lies there first.',
} as const
