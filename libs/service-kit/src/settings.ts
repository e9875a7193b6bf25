// oxlint-disable max-params -- a declared setting is a row of a table: its columns are positions
import { MagasinError } from '@magasin/contracts/magasin-error'

/** One setting, declared as data: what `docs/reference/config.md` says of it, and how its text is read. */
export interface Setting<Value = unknown> {
  /** The environment variable. */
  readonly name: string
  /** What holds when it is unset; an empty string counts as unset. */
  readonly default: Value
  readonly meaning: string
  /** What may be given, in words: the second half of the sentence "PORT must be …". */
  readonly allowed: string
  /** Names that the lab uses for the same thing. Set to something else than ours, that is an error. */
  readonly aliases: readonly string[]
  /** A secret's value is never shown. */
  readonly secret: boolean
  /** The value, or undefined where the text is not allowed. */
  readonly parse: (text: string) => Value | undefined
}

/** Settings by the property under which a service reads them. */
export type Settings = Readonly<Record<string, Setting>>

/** What `readSettings` makes of the declarations. */
export type SettingValues<Declared extends Settings> = {
  readonly [Key in keyof Declared]: Declared[Key] extends Setting<infer Value> ? Value : never
}

type Extras = { readonly aliases?: readonly string[] }

/** The kinds of setting: `(name, default, meaning)`, then the lab's names for it where there are any. */
export const setting = {
  /** A TCP port; 0 takes any free one. */
  port: (name: string, byDefault: number, meaning: string, extras: Extras = {}): Setting<number> =>
    declare(
      { name, default: byDefault, meaning, allowed: 'a port, 0 to 65535', parse: wholeNumber(0, 65_535) },
      extras,
    ),

  /** A whole number between two bounds, both included. */
  integer: (
    name: string,
    byDefault: number,
    meaning: string,
    extras: Extras & { readonly min: number; readonly max: number },
  ): Setting<number> =>
    declare(
      {
        name,
        default: byDefault,
        meaning,
        allowed: `a whole number, ${extras.min} to ${extras.max}`,
        parse: wholeNumber(extras.min, extras.max),
      },
      extras,
    ),

  /** One of a closed list of words. */
  oneOf: <const Word extends string>(
    name: string,
    words: readonly Word[],
    byDefault: NoInfer<Word>,
    meaning: string,
    extras: Extras = {},
  ): Setting<Word> =>
    declare(
      {
        name,
        default: byDefault,
        meaning,
        allowed: `one of ${words.join(', ')}`,
        parse: (text) => words.find((word) => word === text),
      },
      extras,
    ),

  /** Any text: an address, a folder. */
  text: (name: string, byDefault: string, meaning: string, extras: Extras = {}): Setting<string> =>
    declare({ name, default: byDefault, meaning, allowed: 'a text', parse: (text) => text }, extras),

  /** A text that is never shown; null where it is unset. */
  secret: (
    name: string,
    meaning: string,
    extras: Extras & { readonly minLength?: number } = {},
  ): Setting<string | null> => {
    const minLength = extras.minLength ?? 1
    const parse = (text: string): string | undefined => (text.length >= minLength ? text : undefined)
    const allowed = minLength === 1 ? 'a text' : `a text of ${minLength} characters or more`
    return { ...declare<string | null>({ name, default: null, meaning, allowed, parse }, extras), secret: true }
  },
} as const

/** Names a service's settings; the declarations stay readable as data. */
export function defineSettings<const Declared extends Settings>(declared: Declared): Declared {
  return Object.freeze(declared)
}

/**
 * Reads the environment once, into a frozen object. `alsoCheck` names what is wrong with settings together that are right each by
 * itself, one sentence each; it is asked only when there is no other fault.
 * Throws one CONFIG_INVALID that lists every fault, one per line: the name, what was given (never a secret), what is allowed.
 */
export function readSettings<Declared extends Settings>(
  declared: Declared,
  env: Readonly<Record<string, string | undefined>>,
  alsoCheck: (values: SettingValues<Declared>) => readonly string[] = () => [],
): SettingValues<Declared> {
  const faults: string[] = []
  const entries = Object.entries(declared).map(([key, one]) => [key, readOne(one, env, faults)] as const)
  const values = Object.freeze(Object.fromEntries(entries)) as SettingValues<Declared>
  if (faults.length === 0) faults.push(...alsoCheck(values))
  if (faults.length === 0) return values
  throw new MagasinError(
    'CONFIG_INVALID',
    ['the settings are wrong:', ...faults.map((fault) => `  ${fault}`)].join('\n'),
  )
}

function readOne(one: Setting, env: Readonly<Record<string, string | undefined>>, faults: string[]): unknown {
  const given = [one.name, ...one.aliases].flatMap((name) => {
    const text = env[name]
    return text === undefined || text === '' ? [] : [{ name, text }]
  })
  const [first, ...others] = given
  if (first === undefined) return one.default
  const other = others.find(({ text }) => text !== first.text)
  if (other !== undefined)
    faults.push(
      `${first.name}${shown(one, first.text)} and ${other.name}${shown(one, other.text)} name the same setting: set one of them, or both alike`,
    )
  const value = one.parse(first.text)
  if (value === undefined) faults.push(`${first.name}${shown(one, first.text)} must be ${one.allowed}`)
  return value
}

function shown(one: Setting, text: string): string {
  return one.secret ? '' : `=${JSON.stringify(text)}`
}

function declare<Value>(core: Omit<Setting<Value>, 'aliases' | 'secret'>, extras: Extras): Setting<Value> {
  return { ...core, aliases: extras.aliases ?? [], secret: false }
}

/** Digits and nothing else: `Number` alone also takes "0x10", "1e3", " 5 " and reads them as something nobody meant. */
function wholeNumber(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : undefined
  }
}
