// oxlint-disable max-params -- a declared setting is a row of a table: its columns are positions
import { isDeepStrictEqual } from 'node:util'
import { MagasinError } from '@magasin/contracts/magasin-error'

/** Variables by name, as a process has them. */
export type Environment = Readonly<Record<string, string | undefined>>

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
  /** Reads several variables that give this setting together, as the lab does; undefined if none of them is set. */
  readonly composed?: (env: Environment) => Composed<Value> | undefined
  /** A secret's value is never shown. */
  readonly secret: boolean
  /** The value, or undefined if the text is not allowed. */
  readonly parse: (text: string) => Value | undefined
}

/** What several variables say together: how to name them in a message, without secrets, or what is wrong with them. */
export type Composed<Value> = { readonly shown: string; readonly value: Value } | { readonly faults: readonly string[] }

/** Settings by the property under which a service reads them. */
export type Settings = Readonly<Record<string, Setting>>

/** What `readSettings` makes of the declarations. */
export type SettingValues<Declared extends Settings> = {
  readonly [Key in keyof Declared]: Declared[Key] extends Setting<infer Value> ? Value : never
}

type Extras = {
  readonly aliases?: readonly string[]
  /** Why nothing else is allowed. */
  readonly because?: string
}

const brokerName = {
  allowed: 'a name of at most 100 letters, digits, ".", "_" and "-"',
  parse: (text: string) => (/^(?!\.{1,2}$)[\w.-]{1,100}$/.test(text) ? text : undefined),
} as const

/** The kinds of setting: `(name, default, meaning)`, then the lab's names for it, if any. */
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

  /** A name on a broker: what Kafka allows, and short enough for a column. */
  name: (name: string, byDefault: string, meaning: string, extras: Extras = {}): Setting<string> =>
    declare(
      {
        name,
        default: byDefault,
        meaning,
        allowed: brokerName.allowed,
        parse: brokerName.parse,
      },
      extras,
    ),

  /** Another name on a broker for `topic`; its own, with the prefix, unless told. */
  nameOf: (name: string, topic: string, meaning: string): Setting<Readonly<Record<string, string>>> =>
    declare(
      {
        name,
        default: {},
        meaning,
        allowed: brokerName.allowed,
        parse: (text) => {
          const parsed = brokerName.parse(text)
          return parsed === undefined ? undefined : { [topic]: parsed }
        },
      },
      {},
    ),

  /** What stands before names on a broker; nothing by default. */
  prefix: (name: string, meaning: string): Setting<string> =>
    declare(
      {
        name,
        default: '',
        meaning,
        allowed: 'at most 50 letters, digits, ".", "_" and "-"',
        parse: (text) => (/^[\w.-]{1,50}$/.test(text) ? text : undefined),
      },
      {},
    ),

  /** Any text: an address, a folder. */
  text: (name: string, byDefault: string, meaning: string, extras: Extras = {}): Setting<string> =>
    declare({ name, default: byDefault, meaning, allowed: 'a text', parse: (text) => text }, extras),

  /** A text that is never shown; null if it is unset. */
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
  env: Environment,
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

function readOne(one: Setting, env: Environment, faults: string[]): unknown {
  const [first, ...others] = whatIsGiven(one, env, faults)
  if (first === undefined) return one.default
  const other = others.find(({ value }) => !isDeepStrictEqual(value, first.value))
  if (other !== undefined)
    faults.push(`${first.shown} and ${other.shown} name the same setting: set one of them, or both alike`)
  return first.value
}

interface Given {
  readonly shown: string
  readonly value: unknown
}

/** Everything that says something of a setting, and is allowed. */
function whatIsGiven(one: Setting, env: Environment, faults: string[]): readonly Given[] {
  const given: Given[] = []
  for (const name of [one.name, ...one.aliases]) {
    const text = env[name]
    if (text === undefined || text === '') continue
    const named = one.secret ? name : `${name}=${shownText(text)}`
    const value = one.parse(text)
    if (value === undefined) faults.push(`${named} must be ${one.allowed}`)
    else given.push({ shown: named, value })
  }
  const composed = one.composed?.(env)
  if (composed === undefined) return given
  if ('faults' in composed) faults.push(...composed.faults)
  else given.push(composed)
  return given
}

/** A text as a message shows it. Hides what stands before an `@` in an address: a user may have written a password there. */
export const shownText = (text: string): string => JSON.stringify(text.replace(/\/\/.*@/, '//***@'))

function declare<Value>(core: Omit<Setting<Value>, 'aliases' | 'secret'>, extras: Extras): Setting<Value> {
  const { aliases = [], because } = extras
  const allowed = because === undefined ? core.allowed : `${core.allowed}: ${because}`
  return { ...core, allowed, aliases, secret: false }
}

/** Digits and nothing else: `Number` alone also takes "0x10", "1e3", " 5 " and reads them as something nobody meant. */
function wholeNumber(min: number, max: number): (text: string) => number | undefined {
  return (text) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    return value >= min && value <= max ? value : undefined
  }
}
