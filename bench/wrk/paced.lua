-- A fixed load: each connection waits about PACE_MS (evenly spread over 0 .. 2 x PACE_MS) before each request.
local here = debug.getinfo(1, "S").source:match("^@(.*/)") or "./"
dofile(here .. "summary.lua")

local pace = tonumber(os.getenv("PACE_MS"))

function delay()
  return math.random(0, 2 * pace)
end
