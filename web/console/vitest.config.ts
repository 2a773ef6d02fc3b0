import {defineConfig} from 'vitest/config'

// The parts under test keep nothing between them: one worker reads each module once.
export default defineConfig({test: {environment: 'node', include: ['src/**/*.test.ts'], isolate: false, maxWorkers: 1}})
