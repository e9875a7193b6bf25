import { readShopConfig } from '@magasin/shop/config'
import { partsWithDatabase, type GivenTokens } from '@magasin/shop/parts'
import type { TokenDescription, TokenOwner } from '@magasin/store-manager/tokens'
import { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import { existingDatabase } from '../databases.ts'
import { tell, tellTable } from '../output/tell.ts'
import { runCommand } from '../run-command.ts'

/** `magasin token create | list | revoke | rotate-key` */
export function tokenCommand(): Command {
  const token = new Command('token').description(
    'access: make, list and revoke tokens, and change the key that signs them; the shop may be running',
  )
  token
    .command('create')
    .description('make a token and print it, this once')
    .option('--user <id>', 'for this user: it may do what the user’s type may', wholeNumber)
    .option('--manager', 'for the shop itself: it may do everything')
    .option('--supplier <name>', 'for this supplier: it may read products and stock')
    .option('--days <days>', 'how long it is good, 1 to 3650; 90 unless told', wholeNumber)
    .action(runCommand(create))
  token.command('list').description('list the tokens, without what opens anything').action(runCommand(list))
  token
    .command('revoke')
    .argument('<id>', 'as `token list` shows it')
    .description('end a token: it opens nothing from now on')
    .action(runCommand(revoke))
  token
    .command('rotate-key')
    .option('--leaked', 'somebody else knows the keys: every token that they signed is revoked, too')
    .description('have a new key sign the tokens that are made from now on; those made before stay good')
    .action(runCommand(rotateKey))
  return token
}

type CreateOptions = {
  readonly user?: number
  readonly manager?: true
  readonly supplier?: string
  readonly days?: number
}

async function create(options: CreateOptions, command: Command): Promise<void> {
  const owners = ownersIn(options)
  const [owner] = owners
  if (owner === undefined || owners.length > 1)
    command.error('error: say for whom: --user <id>, --manager or --supplier <name>')
  const made = await withTokens(({ tokens }) => tokens.create(owner, options.days))
  tell(made.token)
  const until = made.expiresAt.toISOString().slice(0, 10)
  process.stderr.write(`It is not kept and cannot be shown again; its id is ${made.id}. It is good until ${until}.\n`)
}

function ownersIn({ user, manager, supplier }: CreateOptions): readonly TokenOwner[] {
  return [
    ...(user === undefined ? [] : [{ userId: user }]),
    ...(manager === undefined ? [] : ['manager' as const]),
    ...(supplier === undefined ? [] : [{ supplier }]),
  ]
}

async function list(): Promise<void> {
  const described = await withTokens(({ tokens }) => tokens.list())
  const rows = described.map(({ id, userId, supplier, role, createdAt, revokedAt, expiresAt }) => [
    id,
    supplier === null ? (userId === null ? 'the shop' : `user ${userId}`) : `supplier ${supplier}`,
    stateOf({ role, revokedAt, expiresAt }),
    createdAt,
    expiresAt ?? 'never',
  ])
  tellTable(['ID', 'OF', 'ROLE', 'MADE', 'ENDS'], rows)
}

/** What its holder may do now, or why that is nothing. */
function stateOf({ role, revokedAt, expiresAt }: Pick<TokenDescription, 'role' | 'revokedAt' | 'expiresAt'>): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`
  if (expiresAt !== null && expiresAt <= new Date().toISOString()) return 'ended'
  return role ?? 'none: the user is gone'
}

async function revoke(id: string): Promise<void> {
  await withTokens(({ tokens }) => tokens.revoke(id))
  tell('It opens nothing any more; other services know it within seconds.')
}

async function rotateKey({ leaked = false }: { readonly leaked?: boolean }): Promise<void> {
  const id = await withTokens(({ signingKeys }) => signingKeys.rotate({ areLeaked: leaked }))
  tell(`The key ${id} signs from now on.${leaked ? ' What the others signed is revoked.' : ''}`)
}

/** Works on the tokens of the shop; one of its parts gives them. Throws DATA_MISSING if it has never run. */
async function withTokens<T>(work: (given: GivenTokens) => Promise<T>): Promise<T> {
  const giver = partsWithDatabase.find(({ openTokens }) => openTokens !== undefined)
  if (giver?.openTokens === undefined) throw new Error('no part of the shop gives tokens')
  const given = await giver.openTokens(await existingDatabase(readShopConfig(), giver))
  return work(given).finally(() => given.close())
}
