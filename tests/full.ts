// How much a test does where the number is arbitrary: a part of it in every run, all of it in `npm run test:full`.

const isFull = process.env.GRADSPLIT_TEST_FULL === '1';

/** The number of cases of a property, a third of it unless all are asked for. */
export function cases(all: number): number {
  return isFull ? all : Math.ceil(all / 3);
}

/** What every run has, or what `npm run test:full` has instead. */
export function sized<Size>(usual: Size, all: Size): Size {
  return isFull ? all : usual;
}
