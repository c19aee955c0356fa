/** The time, once a minute, for words such as 'today'. */
function createClock() {
  let now = $state.raw(new Date());
  setInterval(() => (now = new Date()), 60_000);
  return {
    get now() {
      return now;
    },
  };
}
export const clock = createClock();
