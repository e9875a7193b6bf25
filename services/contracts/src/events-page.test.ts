import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalogue } from '@magasin/contracts/catalogue'
import { eventsPage } from './events-page.ts'
import { orders } from './families/orders.ts'
import { products } from './families/products.ts'
import { users } from './families/users.ts'
import { shopCatalogue } from './shop-catalogue.ts'

test('the page of events changes with a family', () => {
  assert.notEqual(eventsPage(new Catalogue({ families: [] }), []), eventsPage(shopCatalogue, []))
})

test('the page of events says who listens to a topic, and to which types if they are not all', () => {
  const page = eventsPage(new Catalogue({ families: [users, products, orders] }), [
    { name: 'the baker', types: ['UserCreated', 'UserDeleted', 'OrderPaid'] },
    { name: 'the miller', types: ['OrderPaid', 'OrderCancelled'] },
  ])
  const told = [...page.matchAll(/^## (\S+)\n\n.*?\. (\S.*)$/gm)].map(([, topic, listeners]) => [topic, listeners])
  assert.deepEqual(told, [
    ['user-events', 'Listeners: the baker.'],
    ['product-events', 'Listeners: none in the shop.'],
    ['order-events', 'Listeners: the baker (OrderPaid); the miller (OrderPaid, OrderCancelled).'],
  ])
})
