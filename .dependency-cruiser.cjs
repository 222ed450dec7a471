/** Arrows point one way. Each rule says what to do instead; scripts/checks/boundaries.ts plants a violation of each. */
module.exports = {
  forbidden: [
    {
      name: 'kit-imports-nothing-of-ours',
      comment:
        'service-kit is what both services start from: hand it what it needs as an argument.',
      severity: 'error',
      from: { path: '^service-kit/' },
      to: { path: '^(directory|school-api|web|scripts)/' },
    },
    {
      name: 'services-do-not-know-each-other',
      comment:
        'Speak HTTP, or go through the two doors for the provisioner: school-api/src/provision.ts and probe.ts.',
      severity: 'error',
      from: { path: '^directory/' },
      to: { path: '^school-api/', pathNot: '^school-api/src/(provision|probe)\\.ts$' },
    },
    {
      name: 'school-does-not-know-the-directory',
      comment: 'A school is a sealed unit: it learns what it needs from its settings.',
      severity: 'error',
      from: { path: '^school-api/' },
      to: { path: '^(directory|scripts)/' },
    },
    {
      name: 'no-foreign-service',
      comment:
        "A module never imports another module's service as a value: take a function or import its queries.",
      severity: 'error',
      from: { path: '/src/modules/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '/src/modules/[^/]+/[^/]+\\.service\\.ts$',
        pathNot: '/src/modules/$1/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'queries-do-not-import-services',
      comment: 'routes → service → queries → db.',
      severity: 'error',
      from: { path: '\\.(queries|policy|schema)\\.ts$' },
      to: { path: '\\.(service|routes)\\.ts$' },
    },
    {
      name: 'only-compose-constructs',
      comment: 'Services and routes are put together in the composition root only.',
      severity: 'error',
      from: { path: '/src/', pathNot: '/src/(compose[^/]*|modules)\\.ts$|\\.test\\.ts$|/testing/' },
      to: { path: '\\.routes\\.ts$' },
    },
    {
      name: 'one-importer-of-the-proxy-library',
      comment: 'school-proxy.ts is the only file that knows the proxy library.',
      severity: 'error',
      from: {
        path: '^(directory|school-api|service-kit)/',
        pathNot: '^directory/src/proxy/school-proxy\\.ts$',
      },
      to: { path: 'node_modules/http-proxy-middleware' },
    },
    {
      name: 'one-importer-of-the-engine-library',
      comment: 'runtime/docker/engine.ts is the only file that knows how to speak to an engine.',
      severity: 'error',
      from: {
        path: '^(directory|school-api|service-kit|scripts)/',
        pathNot: '^directory/src/runtime/docker/engine\\.ts$',
      },
      to: { path: 'node_modules/dockerode' },
    },
    {
      name: 'web-knows-contracts-alone',
      comment:
        'The front end takes the types of *.schema.ts files; everything else it learns over HTTP.',
      severity: 'error',
      from: { path: '^web/(src|build)/' },
      to: { path: '^(service-kit|directory|school-api|scripts)/', pathNot: '\\.schema\\.ts$' },
    },
    {
      name: 'web-takes-types-alone',
      comment: 'import type: a value would bring the server and its libraries into the page.',
      severity: 'error',
      from: { path: '^web/src/' },
      to: {
        path: '^(service-kit|directory|school-api)/',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'web-app-features-ui-lib',
      comment: 'app → features → ui → lib.',
      severity: 'error',
      from: { path: '^web/src/(features|ui|lib)/' },
      to: { path: '^web/(src/(app/|main)|e2e/)' },
    },
    {
      name: 'web-ground-knows-no-feature',
      comment: 'app → features → ui → lib.',
      severity: 'error',
      from: { path: '^web/src/(ui|lib)/' },
      to: { path: '^web/src/features/' },
    },
    {
      name: 'web-lib-knows-no-ui',
      comment: 'app → features → ui → lib.',
      severity: 'error',
      from: { path: '^web/src/lib/' },
      to: { path: '^web/src/ui/' },
    },
    {
      name: 'web-features-do-not-know-each-other',
      comment: 'A page puts features together; what two of them need stands in ui or lib.',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/features/', pathNot: '^web/src/features/$1/' },
    },
    {
      name: 'nobody-imports-the-web',
      comment: 'It is built, and served as files.',
      severity: 'error',
      from: { path: '^(service-kit|directory|school-api)/' },
      to: { path: '^web/' },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'Production code imports neither tests nor their kit.',
      severity: 'error',
      from: {
        path: '^(directory|school-api|service-kit|web)/src/',
        pathNot: '\\.test\\.ts$|/testing/|\\.contract\\.ts$',
      },
      to: { path: '\\.test\\.ts$|/testing/' },
    },
    {
      name: 'no-circular',
      comment: 'A cycle has no reading order.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/src/generated/|/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.json', '.css'],
    },
  },
}
