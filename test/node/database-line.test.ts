import { expect, test } from 'vitest'
import { isOpenLine } from '../../src/node/database-line.ts'

test.for([
  ['postgres://lephi:word@db.example.vn/lephi', true],
  ['postgres://lephi:word@10.0.0.7:5432/lephi', true],
  ['postgres://lephi@localhost.example.vn/lephi', true],
  ['postgres://lephi@db.example.vn/lephi?sslmode=require', true],
  ['postgres://lephi@a.example.vn:5432,b.example.vn:5432/lephi', true],
  ['postgres://lephi@a.example.vn:5432,b.example.vn:5432/lephi?sslmode=verify-full', false],
  ['postgres://lephi@db.example.vn/lephi?sslmode=verify-full', false],
  ['postgres://lephi@db.example.vn/lephi?sslrootcert=system', false],
  ['postgres://lephi@127.0.0.1:5432/lephi', false],
  ['postgres://lephi@localhost/lephi', false],
  ['postgres://lephi@[::1]/lephi', false],
  ['postgres:///lephi?host=/var/run/postgresql', false],
] as const)('the line to %s can be read or altered on the way: %s', ([url, isOpen]) =>
  expect(isOpenLine(url)).toBe(isOpen),
)
