import {defineConfig} from 'vitest/config'

// The parts under test keep nothing between them: one worker reads each module once. What renders a component says at
// its head that it wants a page (jsdom).
export default defineConfig({test: {environment: 'node', include: ['src/**/*.test.{ts,tsx}'], isolate: false, maxWorkers: 1}})
