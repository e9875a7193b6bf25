import type { Connection, Reader, Writer } from '@platformatic/kafka'

/** One request of the protocol: which, in which version, how it is written, how its answer is read. */
export interface ProtocolRequest<Answer> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly write: () => Writer
  readonly read: (reader: Reader) => Answer
}

/** Sends a request of the protocol's present encoding (with tagged fields) and resolves with its answer. */
export function ask<Answer>(connection: Connection, request: ProtocolRequest<Answer>): Promise<Answer> {
  const { apiKey, apiVersion, write, read } = request
  return new Promise((resolve, reject) => {
    connection.send<Answer>(
      apiKey,
      apiVersion,
      write,
      // oxlint-disable-next-line max-params -- the library calls it
      (_correlationId, _apiKey, _apiVersion, reader) => read(reader),
      true,
      true,
      (error, answer) => (error ? reject(error) : resolve(answer!)),
    )
  })
}
