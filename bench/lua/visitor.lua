-- A new visitor's whole visit, again and again, each time as somebody else: which tickets there are,
-- the order form, ordering one free ticket with a place in a workshop, the order, the ticket.
-- One client per thread, because only so an answer is known to belong to a visit.
-- Arguments: a number that no earlier run had, the slug of a free ticket type, codes of slots with
-- commas between, then headers as "Name: value".

dofile("counting.lua")

local ffi = require("ffi")
ffi.cdef("typedef struct { long sec, nsec; } moment; int clock_gettime(int clock, moment *now);")
local moment = ffi.new("moment")

local function now_ms()
  ffi.C.clock_gettime(1, moment) -- monotonic
  return tonumber(moment.sec) * 1000 + tonumber(moment.nsec) / 1e6
end

local run, free_type, slots, slot, headers
local step, visits, began, answered = 1, 0, 0, {}

function init(args)
  run, free_type, slots = args[1], args[2], {}
  for code in args[3]:gmatch("%w+") do
    table.insert(slots, code)
  end
  headers = headers_of(args, 4)
end

local function get(path)
  return wrk.format("GET", path, headers)
end

local function escaped(text)
  return (text:gsub("[^%w%-_.]", function(sign) return string.format("%%%02X", sign:byte()) end))
end

-- What a browser reads in an attribute of a page.
local function unescaped(text)
  for written, meant in pairs({["&#34;"] = '"', ["&#39;"] = "'", ["&lt;"] = "<", ["&gt;"] = ">"}) do
    text = text:gsub(written, meant)
  end
  return (text:gsub("&amp;", "&"))
end

local steps = {
  {
    ask = function()
      visits = visits + 1
      began = now_ms()
      slot = slots[(visits + thread_number * 7) % #slots + 1]
      headers["Cookie"] = nil
      headers["X-Forwarded-For"] = some_address(visits * 64 + thread_number)
      return get("/kaartjes")
    end,
    expect = 200,
    find = function() return true end,
  },
  {
    ask = function() return get("/bestellen?n-" .. free_type .. "=1") end,
    expect = 200,
    find = function(page, fields)
      answered.token = page:match('name="csrf_token"[^>]-value="([^"]+)"')
      answered.key = page:match('name="form_key"[^>]-value="([^"]+)"')
      answered.shown = unescaped(page:match('name="shown"[^>]-value="([^"]*)"') or "")
      headers["Cookie"] = (fields["Set-Cookie"] or ""):match("^[^;]+")
      return answered.token and answered.key and headers["Cookie"]
    end,
  },
  {
    ask = function()
      local who = string.format("visitor%s.%d.%d", run, thread_number, visits)
      local body = "csrf_token=" .. escaped(answered.token) .. "&form_key=" .. escaped(answered.key)
        .. "&shown=" .. escaped(answered.shown)
        .. "&name=" .. who .. "&email=" .. who .. "%40example.org&plek-0-slot=" .. slot
      headers["Content-Type"] = "application/x-www-form-urlencoded"
      local asked = wrk.format("POST", "/bestellen?n-" .. free_type .. "=1", headers, body)
      headers["Content-Type"] = nil
      return asked
    end,
    expect = 303,
    find = function(_, fields)
      answered.order = (fields["Location"] or ""):match("/bestelling/[%w_-]+$")
      return answered.order
    end,
  },
  {
    ask = function() return get(answered.order) end,
    expect = 200,
    find = function(page)
      answered.ticket = page:match("/kaartje/[%w_-]+")
      return answered.ticket
    end,
  },
  {
    ask = function() return get(answered.ticket) end,
    expect = 200,
    find = function(page) return page:find(slot, 1, true) end,
  },
}

function request()
  return steps[step].ask()
end

function response(status, fields, page)
  local taken = steps[step]
  if status ~= taken.expect or not taken.find(page, fields) then
    count(string.format("%d at step %d", status, step))
    step = 1
  elseif step < #steps then
    step = step + 1
  else
    count("visited")
    table.insert(took_ms, now_ms() - began)
    step = 1
  end
end
