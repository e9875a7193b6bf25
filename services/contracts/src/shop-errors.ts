import { defineErrors } from '@magasin/contracts/error-kinds'

/** The shop's own errors, beside those of the libraries. */
export const shopErrors = defineErrors({
  // Users.
  EMAIL_TAKEN: { http: { status: 409, title: 'The e-mail address is in use' } },
  USER_HAS_OPEN_ORDERS: { http: { status: 409, title: 'The user has open orders' } },
  USER_NOT_FOUND: { http: { status: 404, title: 'No such user' } },
  // Products and stock.
  PRODUCT_NOT_FOUND: { http: { status: 404, title: 'No such product' } },
  PRODUCT_RESERVED: { http: { status: 409, title: 'Open orders have the product reserved' } },
  SKU_TAKEN: { http: { status: 409, title: 'The SKU is in use' } },
  STOCK_INSUFFICIENT: { http: { status: 409, title: 'There is not enough in stock' } },
  // Questions in GraphQL.
  GRAPHQL_PARSE_FAILED: { http: { status: 400, title: 'The query is not GraphQL' } },
  GRAPHQL_REQUEST_INVALID: { http: { status: 400, title: 'The query cannot be carried out with these variables' } },
  GRAPHQL_TOO_COSTLY: { http: { status: 400, title: 'The query asks for too much at once' } },
  GRAPHQL_VALIDATION_FAILED: { http: { status: 400, title: 'The query asks for what there is not' } },
  // Orders.
  ORDER_CANCELLED: { http: { status: 409, title: 'The order was cancelled' } },
  ORDER_NOT_FOUND: { http: { status: 404, title: 'No such order' } },
  ORDER_PAID: { http: { status: 409, title: 'The order is paid' } },
  ORDER_TOO_LARGE: { http: { status: 422, title: 'The order costs more than one order may' } },
  // Coolriel.
  OUTPUT_FOLDER_UNUSABLE: { exitCode: 2 },
  RECIPIENT_REFUSED: { parks: true },
})
