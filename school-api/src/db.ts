import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from '#src/generated/prisma/client.ts'

export type Db = PrismaClient
/** A client or one of its transactions: what queries accept. */
export type DbOrTx = PrismaClient | Prisma.TransactionClient

/**
 * Runs work in one transaction. A service is handed one when something else has to stand or fall with its write; otherwise it
 * opens its own.
 */
export type InTransaction = <T>(work: (tx: Prisma.TransactionClient) => Promise<T>) => Promise<T>

/**
 * @param poolSize connections at most; a school's role may open few, and an idle school none
 */
export function createDb(url: string, poolSize: number): Db {
  return new PrismaClient({
    adapter: new PrismaPg({
      connectionString: url,
      max: poolSize,
      min: 0,
      idleTimeoutMillis: 20_000,
      connectionTimeoutMillis: 5_000,
      application_name: 'school-api',
    }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  })
}
