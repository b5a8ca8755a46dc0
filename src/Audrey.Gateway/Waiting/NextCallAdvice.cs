using System.Globalization;
using Audrey.Gateway.Responses;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Waiting;

/// <summary>
/// Tells guests when to call next and how long to wait. The times are random. So if thousands of guests were answered together, for example
/// after one PUT or a restart, they return over several seconds.
/// </summary>
internal sealed class NextCallAdvice(IOptions<GatewayOptions> options, LongPollRegistry registry)
{
    /// <summary>The mean time between two calls of a guest if there is no room for its pending poll.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxSpread = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _maxWait = options.Value.MaxWait;

    /// <summary>Gets the maximum wait that is granted, in seconds.</summary>
    public int MaxWaitSeconds => (int)_maxWait.TotalSeconds;

    /// <summary>Returns the granted wait: the requested wait or the limit, whichever is shorter, minus up to a tenth.</summary>
    public TimeSpan Grant(TimeSpan asked) => (asked < _maxWait ? asked : _maxWait) * (1 - Random.Shared.NextDouble() / 10);

    /// <summary>Returns when to call next after a hello.</summary>
    public TimeSpan AfterHello() => Spread(registry.Count);

    /// <summary>Returns when to call next after a configuration, or after a wait for one.</summary>
    public TimeSpan AfterConfiguration() => Spread(registry.Peak);

    /// <summary>Returns when to call next if there was no room to wait.</summary>
    public static TimeSpan AfterNoRoom() => PollInterval * (0.5 + Random.Shared.NextDouble());

    /// <summary>Adds the header.</summary>
    public static void Add(HttpContext http, TimeSpan next) => http.Response.Headers[Version3Routes.NextCallHeader] = Format(next);

    /// <summary>
    /// Formats seconds with three decimals. The framework's decimals are not used, because they are slow and ten thousand responses can be
    /// written together.
    /// </summary>
    private static string Format(TimeSpan time)
    {
        var milliseconds = (int)time.TotalMilliseconds;
        Span<char> text = stackalloc char[16];
        (milliseconds / 1000).TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        text[length] = '.';
        for (var (digit, rest) = (length + 3, milliseconds % 1000); digit > length; digit--, rest /= 10)
            text[digit] = (char)('0' + rest % 10);
        return text[..(length + 4)].ToString();
    }

    private static TimeSpan Spread(int guests)
    {
        var seconds = Math.Min(guests / RetryAdvice.ArrivalsPerSecond, MaxSpread.TotalSeconds) * Random.Shared.NextDouble();
        return TimeSpan.FromSeconds(Math.Round(seconds, 3));
    }
}
