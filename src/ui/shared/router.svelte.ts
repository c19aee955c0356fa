import { hrefOf, readHash, type Place, type Route } from './route.ts';

function createRouter() {
  let place = $state.raw<Place>(readHash(location.hash));
  addEventListener('hashchange', () => {
    place = readHash(location.hash);
  });
  return {
    get route(): Route {
      return place.route;
    },
    get query(): Place['query'] {
      return place.query;
    },
    go(route: Exclude<Route, { name: 'unknown' }>, query: Place['query'] = {}): void {
      location.hash = hrefOf(route, query);
    },
    /** Changes what stands behind '?' without a new entry in the history: filters are not pages. Empty values are left out. */
    setQuery(change: Place['query']): void {
      if (place.route.name === 'unknown') return;
      const query = Object.fromEntries(Object.entries({ ...place.query, ...change }).filter(([, v]) => v !== ''));
      history.replaceState(null, '', hrefOf(place.route, query));
      place = { route: place.route, query };
    },
  };
}

export const router = createRouter();
