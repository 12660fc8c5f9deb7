// The client's layers, as .importlinter holds Python's: app → features → kit, no circles, each room by its face.
const ROOM = '^src/features/([^/]+)/';

export default {
  forbidden: [
    {
      name: 'kit-knows-no-room',
      comment: 'The kit knows no room and no wiring.',
      severity: 'error',
      from: { path: '^src/kit/' },
      to: { path: '^src/(app|features)/' },
    },
    {
      name: 'rooms-know-no-wiring',
      comment: 'A room does not know the app around it.',
      severity: 'error',
      from: { path: ROOM },
      to: { path: '^src/(app/|main\\.tsx$)' },
    },
    {
      name: 'rooms-by-their-face',
      comment: 'Another room is entered by its index.ts only.',
      severity: 'error',
      from: { path: ROOM },
      to: { path: '^src/features/', pathNot: ['^src/features/$1/', '^src/features/[^/]+/index\\.ts$'] },
    },
    {
      name: 'app-by-the-face',
      comment: 'The app enters a room by its index.ts; what a room says of itself is read by the list of rooms only.',
      severity: 'error',
      from: { path: '^src/(app/|main\\.tsx$)' },
      to: { path: '^src/features/', pathNot: '/(index\\.ts|room\\.tsx|locales/\\w+\\.po)$' },
    },
    {
      name: 'rooms-in-one-list',
      comment: 'Only the list of rooms reads what a room says of itself.',
      severity: 'error',
      from: { pathNot: '^src/app/rooms\\.ts$' },
      to: { path: '^src/features/[^/]+/room\\.tsx$' },
    },
    {
      name: 'no-circle-of-rooms',
      comment: 'Two rooms do not import each other, not even through a third.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/features/[^/]+$' },
      to: { path: '^src/features/[^/]+$', circular: true },
    },
    {
      name: 'no-circle-of-files',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'parts-of-the-kit',
      comment: 'The page of parts shows the kit and nothing above it.',
      severity: 'error',
      from: { path: '^src/parts/' },
      to: { path: '^src/(app|features)/' },
    },
    {
      name: 'states-are-for-the-page-of-parts',
      comment: 'The product shows no part in a state that nothing brought about.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(parts|kit/ui/states)/' },
      to: { path: '^src/(parts|kit/ui/states)/' },
    },
    {
      name: 'nothing-missing',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
