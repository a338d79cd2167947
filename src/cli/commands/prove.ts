// `gradsplit prove`: what holds for all policies of a shape.
import type { Command } from 'commander';
import { configureProveClaims } from './proveClaims.ts';
import { addProveObjective } from './proveObjective.ts';

/** Adds the command. */
export function addProve(program: Command): void {
  const prove = program.command('prove').description('prove for all policies of a shape, or refute');
  // Options behind the name of a subcommand belong to it.
  prove.enablePositionalOptions();
  configureProveClaims(prove);
  addProveObjective(prove);
}
