-- AlterEnum
ALTER TYPE "TenantStatus" ADD VALUE 'ARCHIVED';
ALTER TYPE "TenantStatus" ADD VALUE 'ERASED';

-- AlterEnum
ALTER TYPE "OperationKind" ADD VALUE 'UPGRADE';
ALTER TYPE "OperationKind" ADD VALUE 'ARCHIVE';
ALTER TYPE "OperationKind" ADD VALUE 'ERASE';

-- AlterTable
ALTER TABLE "tenant" ADD COLUMN     "release" TEXT;

-- AlterTable
ALTER TABLE "tenant_runtime" ADD COLUMN     "last_generation" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "tenant_activity" (
    "tenant_id" UUID NOT NULL,
    "last_request_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tenant_activity_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "erasure_certificate" (
    "tenant_id" UUID NOT NULL,
    "issued_at" TIMESTAMPTZ(3) NOT NULL,
    "document" JSONB NOT NULL,

    CONSTRAINT "erasure_certificate_pkey" PRIMARY KEY ("tenant_id")
);

-- AddForeignKey
ALTER TABLE "tenant_activity" ADD CONSTRAINT "tenant_activity_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "erasure_certificate" ADD CONSTRAINT "erasure_certificate_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenant"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma's schema language cannot say ---------------------------------------------------------------------------

UPDATE "tenant_runtime" SET "last_generation" = "generation";
