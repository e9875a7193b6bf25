import { defineScript } from '@redis/client'

// Each script runs alone in Redis and reaches only keys with one hash tag, so that all lie in one slot of a cluster:
//   {magasin:<models>}:control           requested, last, current, shadow; fingerprint, answered and keys of each generation
//   {magasin:<models>}:lease             who projects
//   {magasin:<models>}:<generation>:…    positions (hash), score:<ranking> (sorted by score), documents:<document> (hash of JSON),
//                                        index:<name> (sorted by text)
const start = `
local control = KEYS[1]
local base = string.sub(control, 1, -8)
local function of(generation, name) return base .. generation .. ':' .. name end
local function drop(role)
  local generation = redis.call('HGET', control, role)
  if not generation then return end
  for name in string.gmatch(redis.call('HGET', control, 'keys:' .. generation) or '', '%S+') do
    redis.call('UNLINK', of(generation, name))
  end
  redis.call('HDEL', control, role, 'fingerprint:' .. generation, 'answered:' .. generation, 'keys:' .. generation)
end
`

// Numbers are texts everywhere here: Lua has doubles, and its JSON keeps 14 digits of them.
const apply = `
local most = 9007199254740991
local generation, batch = ARGV[1], cjson.decode(ARGV[2])
local live = redis.call('HMGET', control, 'current', 'shadow')
if live[1] ~= generation and live[2] ~= generation then return 'generation ' .. generation .. ' was dropped' end
local positions = of(generation, 'positions')
for _, move in ipairs(batch.moves) do
  if (redis.call('HGET', positions, move[1]) or '') ~= move[2] then return move[1] .. ' is not where it was' end
end
-- Redis takes nothing back when a script fails half-way. Then this is what stays: a position of no log, from which all is built anew.
for _, move in ipairs(batch.moves) do redis.call('HSET', positions, move[1], '["",0,null]') end
for _, ranking in ipairs(batch.additions) do
  local key = of(generation, 'score:' .. ranking[1])
  local members = ranking[2]
  for i = 1, #members, 2 do
    local score = redis.call('ZINCRBY', key, members[i + 1], members[i])
    if score == '0' or score == '-0' then redis.call('ZREM', key, members[i])
    elseif tonumber(score) > most then redis.call('ZADD', key, most, members[i])
    elseif tonumber(score) < -most then redis.call('ZADD', key, -most, members[i]) end
  end
end
local function memberOf(index, shows, fields, key)
  local value = shows and (fields[index[2]] or index[3])
  if value and string.sub(value, 1, 1) == 'n' then return string.sub(value, 2) .. ':' .. key end
end
for _, kind in ipairs(batch.merges) do
  local documents = of(generation, 'documents:' .. kind.document)
  local function shows(fields)
    for _, field in ipairs(kind.requires) do if fields[field] == nil then return false end end
    return true
  end
  for _, merge in ipairs(kind.documents) do
    local found = redis.call('HGET', documents, merge[1])
    local fields = found and cjson.decode(found) or {}
    local before = {}
    local shown = shows(fields)
    for i, index in ipairs(kind.indexes) do before[i] = memberOf(index, shown, fields, merge[1]) end
    for field, value in pairs(merge[2]) do if value == '' then fields[field] = nil else fields[field] = value end end
    if next(fields) then redis.call('HSET', documents, merge[1], cjson.encode(fields))
    else redis.call('HDEL', documents, merge[1]) end
    shown = shows(fields)
    for i, index in ipairs(kind.indexes) do
      local after = memberOf(index, shown, fields, merge[1])
      local key = of(generation, 'index:' .. index[1])
      if before[i] and before[i] ~= after then redis.call('ZREM', key, before[i]) end
      if after and after ~= before[i] then redis.call('ZADD', key, 0, after) end
    end
  end
end
for _, move in ipairs(batch.moves) do redis.call('HSET', positions, move[1], move[3]) end
return ''
`

// Never a number that was used, also after an old dump: a writer that slept must not write into another generation.
const begin = `
drop('shadow')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local last = tonumber(redis.call('HGET', control, 'last') or '0')
local generation = string.format('%.0f', math.max(last + 1, now))
redis.call('HSET', control, 'last', generation, 'shadow', generation, 'fingerprint:' .. generation, ARGV[1],
  'keys:' .. generation, ARGV[2], 'answered:' .. generation, redis.call('HGET', control, 'requested') or '0')
return generation
`

const swap = `
if redis.call('HGET', control, 'shadow') ~= ARGV[1] then return 'generation ' .. ARGV[1] .. ' is not the one that is built' end
drop('current')
redis.call('HSET', control, 'current', ARGV[1])
redis.call('HDEL', control, 'shadow')
return ''
`

const status = `
local fields = redis.call('HMGET', control, 'requested', 'current', 'shadow')
local function generation(number)
  if not number then return {} end
  return { number, redis.call('HGET', control, 'fingerprint:' .. number), redis.call('HGET', control, 'answered:' .. number),
    redis.call('HVALS', of(number, 'positions')) }
end
return { fields[1], redis.call('GET', base .. 'lease'), generation(fields[2]), generation(fields[3]) }
`

const lease = `
local held = redis.call('GET', base .. 'lease')
-- One that does not end, or ends later than any is given, was not given by us, or by another clock.
local left = redis.call('PTTL', base .. 'lease')
if held and held ~= ARGV[1] and left >= 0 and left <= tonumber(ARGV[2]) then return 0 end
redis.call('SET', base .. 'lease', ARGV[1], 'PX', ARGV[2])
return 1
`

const release = `
if redis.call('GET', base .. 'lease') == ARGV[1] then redis.call('DEL', base .. 'lease') end
return 1
`

/** Of the current generation, or nothing at all while there is none. */
const reading = (body: string) => `
local generation = redis.call('HGET', control, 'current')
if not generation then return false end
${body}`

const page = reading(`
local members = redis.call('ZRANGEBYLEX', of(generation, 'index:' .. ARGV[1]), ARGV[3], ARGV[4], 'LIMIT', 0, ARGV[5])
local found = {}
for i, member in ipairs(members) do
  local key = string.sub(member, string.find(member, ':', 1, true) + 1)
  found[i] = { key, redis.call('HGET', of(generation, 'documents:' .. ARGV[2]), key) }
end
return found`)

const script = (body: string) =>
  defineScript({
    SCRIPT: start + body,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser, control: string, ...args: readonly string[]) {
      parser.pushKey(control)
      parser.push(...args)
    },
    transformReply: (reply: unknown) => reply,
  })

// Nothing where the user may not ask.
const memory = `
local info = redis.pcall('INFO', 'memory')
if type(info) ~= 'string' then return { '0', '' } end
return { string.match(info, 'maxmemory:(%d+)') or '0', string.match(info, 'maxmemory_policy:([%w-]+)') or '' }
`

/** What Redis runs for us; each takes the key of `control` and texts. */
export const scripts = {
  apply: script(apply),
  begin: script(begin),
  swap: script(swap),
  requestRebuild: script(`return redis.call('HINCRBY', control, 'requested', 1)`),
  status: script(status),
  lease: script(lease),
  release: script(release),
  positionsOf: script(`return redis.call('HGETALL', of(ARGV[1], 'positions'))`),
  positions: script(reading(`return redis.call('HGETALL', of(generation, 'positions'))`)),
  top: script(
    reading(`return redis.call('ZRANGE', of(generation, 'score:' .. ARGV[1]), 0, ARGV[2] - 1, 'WITHSCORES')`),
  ),
  document: script(reading(`return { redis.call('HGET', of(generation, 'documents:' .. ARGV[1]), ARGV[2]) }`)),
  page: script(page),
  memory: script(memory),
} as const

export type ScriptName = keyof typeof scripts
