import { PrismaPg } from '@prisma/adapter-pg'
import { type Prisma, PrismaClient } from '#src/generated/prisma/client.ts'

export type Db = PrismaClient
/** A transaction of a client: what was decided, its trace and its work stand or fall together. */
export type Tx = Prisma.TransactionClient
/** A client or one of its transactions: what queries accept. */
export type DbOrTx = Db | Tx

/**
 * @param poolSize connections at most; none while idle
 * @param applicationName how the connections stand in `pg_stat_activity`
 */
export function createDb(url: string, poolSize: number, applicationName = 'directory'): Db {
  return new PrismaClient({
    adapter: new PrismaPg({
      connectionString: url,
      max: poolSize,
      min: 0,
      idleTimeoutMillis: 20_000,
      connectionTimeoutMillis: 5_000,
      application_name: applicationName,
    }),
    transactionOptions: { maxWait: 5_000, timeout: 15_000 },
  })
}
