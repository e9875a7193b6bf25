import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MagasinError } from '@magasin/contracts/magasin-error'
import { newToken } from '@magasin/service-kit/access'
import { writeWholeFile } from '@magasin/service-kit/whole-file'
import type { Tokens } from './tokens.ts'

/**
 * The first manager's token: the one that was given, or the one that the first start made and keeps in `manager.token`, which only
 * its owner can read. It takes the place of the one that an earlier start adopted, so the last start wins.
 * Resolves with undefined, and replaces none, if there is neither: `magasin token create --manager` makes another.
 */
export async function firstManagerToken(
  tokens: Tokens,
  { dataDir, given }: { readonly dataDir: string; readonly given: string | null },
): Promise<string | undefined> {
  const file = join(dataDir, 'manager.token')
  const token = given ?? (existsSync(file) ? read(file) : await makeFirst(tokens, file))
  if (token !== undefined) await tokens.adopt(token)
  return token
}

/** The first manager's token, for the one who starts the shop. */
export function tokenText(token: string | undefined, access: 'token' | 'open'): string {
  if (access === 'open') return 'none is needed (MAGASIN_ACCESS=open)'
  return token ?? 'not kept here; `npx magasin token create --manager` makes another'
}

function read(file: string): string {
  const token = readFileSync(file, 'utf8').trim()
  if (token === '')
    throw new MagasinError(
      'DATA_FOLDER_UNUSABLE',
      `${file} is empty: delete it, and run \`magasin token create --manager\` for a new token`,
    )
  return token
}

/** Written before it is stored: a start that is killed in between finds it in the file and stores it then. */
async function makeFirst(tokens: Tokens, file: string): Promise<string | undefined> {
  if ((await tokens.list()).some(({ userId }) => userId === null)) return undefined
  const token = newToken()
  await writeWholeFile(file, async (handle) => void (await handle.write(`${token}\n`)))
  return token
}
