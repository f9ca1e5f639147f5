/* Included before everything that becomes part of an image: nothing outside of it
 * is meant by any declaration, so addresses are found without a table of them. */
#pragma GCC visibility push(hidden)
