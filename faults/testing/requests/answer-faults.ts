import { shopErrors } from '@magasin/shop-contracts/shop-errors'
import type { Answer } from './answer.ts'
import type { Described, Operation } from './document.ts'
import type { Request } from './request.ts'
import { parseJson } from './parse-json.ts'
import type { NoAnswer } from './wire.ts'

/** What is wrong with the answer to a request, in words; nothing if it is as the document says. */
export function answerFaults(
  request: Request,
  answer: Answer | NoAnswer,
  all: readonly Operation[],
): readonly string[] {
  if (typeof answer === 'string') {
    const isAllowed = request.mayBeUnanswered === true && answer === 'the connection was closed'
    return isAllowed ? [] : [`it has no answer: ${answer}`]
  }
  const { status, headers } = answer
  if (status >= 500 && !(status === 503 && headers.has('retry-after'))) return [`it answered ${status}`]
  // An answer to HEAD says what that to GET would be, without it.
  if (request.isUndocumented === true || request.method === 'HEAD') return []
  if (status >= 200 && status < 300 && isForbidden(request))
    return [`it answered ${status} to what the document forbids`]
  const { operation } = request
  // A trick may lead to a page, which the document tells nothing of.
  if (operation === undefined && status === 200 && headers.get('content-type')?.startsWith('text/html') === true)
    return []
  const untold = operation === undefined ? undefined : untoldProblem(answer, operation)
  if (untold !== undefined) return [`it answered ${untold}, of which the document does not tell`]
  const faults = (operation === undefined ? all : [operation]).map((one) => formFaults(answer, one.answers))
  return faults.find((found) => found.length === 0) ?? faults[0] ?? []
}

function isForbidden({ operation, body, isForbidden: isSaidSo, isFramed }: Request): boolean {
  if (isSaidSo === true) return true
  // How much of the body a strange frame holds, only the server can tell.
  if (operation?.acceptsBody === undefined || isFramed === true) return false
  const value = parseJson(Buffer.from(body ?? '', 'latin1').toString('utf8'))
  return value === undefined || !operation.acceptsBody(value)
}

/** The code of the shop's own refusal, if its operation does not tell of it. What any operation may answer it need not tell. */
function untoldProblem({ status, body }: Answer, { problems }: Operation): string | undefined {
  if (status < 400) return undefined
  const code = (parseJson(body) as { readonly code?: unknown } | null | undefined)?.code
  const isOwn = typeof code === 'string' && (Object.hasOwn(shopErrors, code) || code.startsWith('READ_MODELS_'))
  return isOwn && !problems.has(code) ? code : undefined
}

function formFaults({ status, headers, body }: Answer, described: ReadonlyMap<string, Described>): readonly string[] {
  const media = described.get(String(status)) ?? described.get('default')
  if (media === undefined) return [`the document describes no ${status} and no default`]
  if (body === '' && media.size === 0) return []
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'nothing'
  const isSound = media.get(type)
  if (isSound === undefined) return [`the document describes no ${type} of a ${status}`]
  return type.endsWith('json') && !isSound(parseJson(body)) ? [`its ${status} breaks the schema`] : []
}
