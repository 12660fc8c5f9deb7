#!lua name=meydan
-- Each function is atomic. Keys of one call carry the same hash tag, so a cluster keeps them together. Processes of two
-- versions share these functions during an upgrade: change arguments only by adding.

local SEEN = 600                  -- seconds an event id is remembered; longer than any sweep waits
local LOG_BYTES = 1048576         -- about the most a user's log may hold: two who flood each other must not fill the memory
local FEWEST = 16                 -- entries, however large
local REMEMBERED = 30 * 86400     -- seconds "last seen" is kept; half of them at least

local function now_ms()
    local time = server.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Publishes a frame: appends it to the channel's log and sends it to subscribers. A known event id does nothing.
-- The log's expiry is renewed, and what is too old trimmed, when half of it is gone: nothing outlives twice the seconds.
-- keys: log, seen; args: channel, entries kept, seconds kept, frame (a JSON object with at least one member)
server.register_function('tell', function(keys, args)
    if not server.call('SET', keys[2], '', 'NX', 'EX', SEEN) then return false end
    local kept = math.min(args[2], math.max(FEWEST, math.floor(LOG_BYTES / #args[4])))
    local id = server.call('XADD', keys[1], 'MAXLEN', '~', kept, '*', 'frame', args[4])
    if server.call('TTL', keys[1]) < args[3] / 2 then
        server.call('EXPIRE', keys[1], args[3])
        -- Exact: frames carry ciphertext, and newer frames keep the key alive, so old entries must be trimmed.
        server.call('XTRIM', keys[1], 'MINID', '=', string.format('%d', now_ms() - args[3] * 1000))
    end
    server.call('SPUBLISH', args[1], '{"id":"' .. id .. '",' .. string.sub(args[4], 2))
    return id
end)

-- Returns a cursor to resume from. An empty log gets a first entry, so that a cursor is always an existing entry.
-- keys: log; args: seconds kept
server.register_function('cursor', function(keys, args)
    local last = server.call('XREVRANGE', keys[1], '+', '-', 'COUNT', 1)
    if last[1] then return last[1][1] end
    local id = server.call('XADD', keys[1], '*', 'start', '')
    server.call('EXPIRE', keys[1], args[1])
    return id
end)

-- Presence: a hash with a field for each gateway that holds connections (it expires by itself) and the field `seen`.
local function is_online(key)
    for _, field in ipairs(server.call('HKEYS', key)) do
        if field ~= 'seen' then return true end
    end
    return false
end

-- keys: presence; args: channel ('' to publish nothing), gateway, seconds
server.register_function('arrive', function(keys, args)
    local is_news, now = args[1] ~= '' and not is_online(keys[1]), now_ms()
    server.call('HSETEX', keys[1], 'EX', args[3], 'FIELDS', 1, args[2], '')
    server.call('HSET', keys[1], 'seen', now)
    if server.call('TTL', keys[1]) < REMEMBERED / 2 then server.call('EXPIRE', keys[1], REMEMBERED) end
    if is_news then server.call('SPUBLISH', args[1], '1 ' .. now) end
end)

-- keys: presence; args: channel ('' to publish nothing), gateway
server.register_function('leave', function(keys, args)
    local now = now_ms()
    if server.call('HDEL', keys[1], args[2]) == 0 then return end
    server.call('HSET', keys[1], 'seen', now)
    server.call('EXPIRE', keys[1], REMEMBERED)
    if args[1] ~= '' and not is_online(keys[1]) then server.call('SPUBLISH', args[1], '0 ' .. now) end
end)

-- Revokes a subject (a session, a conversation's grants) until a time; drops expired entries.
-- keys: revoked; args: channel, subject, until (ms)
server.register_function('revoke', function(keys, args)
    server.call('ZREMRANGEBYSCORE', keys[1], '-inf', now_ms())
    server.call('ZADD', keys[1], 'GT', args[3], args[2])
    server.call('SPUBLISH', args[1], args[3] .. ' ' .. args[2])
end)

-- Rate limits (GCRA): `count` in `per` milliseconds, evenly refilled. 0: all are taken; else none, and the milliseconds to wait.
-- keys: limits; args: count, per, cost of each
server.register_function('take', function(keys, args)
    local time = server.call('TIME')
    local now = time[1] * 1000 + time[2] / 1000
    local due, longest = {}, 0
    for i, key in ipairs(keys) do
        local count, per, cost = args[3 * i - 2], tonumber(args[3 * i - 1]), args[3 * i]
        due[i] = math.max(tonumber(server.call('GET', key) or 0), now) + per / count * cost
        longest = math.max(longest, due[i] - now - per)
    end
    if longest > 0.001 then return math.ceil(longest) end
    for i, key in ipairs(keys) do
        server.call('SET', key, string.format('%.3f', due[i]), 'PX', math.ceil(due[i] - now))
    end
    return 0
end)

-- Open connections of a network: a hash with a field for each process that told of some (it expires by itself). The sum.
-- keys: connections; args: process, its count, milliseconds
server.register_function('hold', function(keys, args)
    if tonumber(args[2]) > 0 then
        server.call('HSETEX', keys[1], 'PX', args[3], 'FIELDS', 1, args[1], args[2])
    else
        server.call('HDEL', keys[1], args[1])
    end
    local sum = 0
    for _, count in ipairs(server.call('HVALS', keys[1])) do sum = sum + count end
    return sum
end)
