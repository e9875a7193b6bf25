import assert from 'node:assert/strict'

/** Sends a request as the one who holds the token, and answers the body of what must be a success. */
export async function call(
  { url, token }: { readonly url: string; readonly token: string },
  request: string,
  body?: unknown,
): Promise<unknown> {
  const [method = '', path = ''] = request.split(' ')
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  assert.ok(response.ok, `${request} was answered ${response.status}`)
  return response.json()
}

/** Creates a user; the id. */
export async function createUser(
  store: { readonly url: string; readonly token: string },
  body: { readonly name: string; readonly email: string; readonly user_type_id?: number },
): Promise<number> {
  return ((await call(store, 'POST /users', body)) as { readonly user_id: number }).user_id
}
