#!/usr/bin/env node
import './preflight.mjs';
await import('./main.ts');
