/** What is hard to bundle: the native part of bcrypt and the schema engine's WebAssembly. Run by bundle-program.test.ts. */
import { createPasswords } from '../auth/passwords.ts'
import { createMigrationSql } from '../db/migrate.ts'

const toSchema = `
datasource db {
  provider = "postgresql"
}
model Pupil {
  id Int @id
}
`
process.stdout.write(await createMigrationSql({ fromSchema: '', toSchema }))

const passwords = createPasswords({ cost: 4 })
const hash = await passwords.hash('a long enough passphrase')
const isRight = await passwords.matches('a long enough passphrase', hash)
process.stdout.write(`the password is right: ${isRight}\n`)
