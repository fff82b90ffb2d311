-- Load of the benchmark by wrk: request bodies are the lines of a file, in turn. Prints one line of JSON at the end.
local requests = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do
    local headers = { ["content-type"] = args[2] }
    requests[#requests + 1] = wrk.format("POST", args[3], headers, line)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  -- wrk counts only answered requests.
  local unanswered = errors.connect + errors.read + errors.write + errors.timeout
  local all = summary.requests + unanswered
  print(string.format(
    '{"rps":%f,"p50":%f,"p99":%f,"requests":%d,"errors":%d}',
    all / (summary.duration / 1e6), latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    all, errors.status + unanswered
  ))
end
