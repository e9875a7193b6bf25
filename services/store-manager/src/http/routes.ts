import type { ReadSide } from '@magasin/host/read-side'
import type { HttpServer } from '@magasin/service-kit/http-server'
import { registerAccessRoutes } from '../access/routes.ts'
import { registerFrontPage, type FrontPage } from '../front-page/front-page.ts'
import type { Store } from '../open-store.ts'
import { registerOrderRoutes } from '../orders/routes.ts'
import { registerProductRoutes } from '../products/routes.ts'
import { registerStockRoutes } from '../stock/routes.ts'
import { registerUserRoutes } from '../users/routes.ts'

/** What the store-manager answers over HTTP, and to whom. The reference lists the families in this order. */
export function registerRoutes(
  server: HttpServer,
  { store, readSide, page }: { readonly store: Store; readonly readSide: ReadSide; readonly page: FrontPage },
): void {
  registerUserRoutes(server, store)
  registerProductRoutes(server, store)
  registerStockRoutes(server, store, readSide)
  registerOrderRoutes(server, store, readSide)
  registerAccessRoutes(server, store)
  registerFrontPage(server, page)
}
