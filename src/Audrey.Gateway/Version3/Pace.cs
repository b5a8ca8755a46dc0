using System.Globalization;
using Audrey.Gateway.Settings;
using Audrey.Protocol.Version3;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Version3;

/// <summary>
/// Tells guests when to call next and for how long to wait, each something else: thousands that were answered together, as after one PUT or
/// a restart, come back spread over a few seconds.
/// </summary>
internal sealed class Pace(IOptions<GatewayOptions> options, Parking parking)
{
    /// <summary>Guests that are to come back in a second.</summary>
    private const double ArrivalsPerSecond = 2000;

    /// <summary>A guest that finds no room to wait polls, about as often.</summary>
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan MaxSpread = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _longest = options.Value.MaxWait;
    private readonly double _retryAfter = options.Value.RetryAfter.TotalSeconds;

    /// <summary>The longest wait that is granted, in seconds.</summary>
    public int MaxWaitSeconds => (int)_longest.TotalSeconds;

    /// <summary>The wait that is granted to who asks for so much: up to a tenth less.</summary>
    public TimeSpan Granted(TimeSpan asked) => (asked < _longest ? asked : _longest) * (1 - Random.Shared.NextDouble() / 10);

    /// <summary>When to call next after a hello.</summary>
    public TimeSpan AfterHello() => Spread(parking.Count);

    /// <summary>When to call next after a configuration, or after a wait for one.</summary>
    public TimeSpan AfterConfiguration() => Spread(parking.Peak);

    /// <summary>When to call next where there was no room to wait.</summary>
    public static TimeSpan AfterNoRoom() => PollInterval * (0.5 + Random.Shared.NextDouble());

    /// <summary>In how many seconds to come back for one of so many that were put off.</summary>
    public int AfterPutOff(int many) => (int)Math.Ceiling(
        _retryAfter + Random.Shared.NextDouble() * Math.Max(_retryAfter, Math.Min(many / ArrivalsPerSecond, MaxSpread.TotalSeconds)));

    /// <summary>Puts it into the answer's header.</summary>
    public static void Tell(HttpContext http, TimeSpan next) =>
        http.Response.Headers[Version3Routes.NextCallHeader] = Seconds(next);

    /// <summary>Seconds to three places. By hand, as ten thousand answers may be written at once and a decimal is a slow thing to write.</summary>
    private static string Seconds(TimeSpan time)
    {
        var milliseconds = (int)time.TotalMilliseconds;
        Span<char> text = stackalloc char[16];
        (milliseconds / 1000).TryFormat(text, out var length, provider: CultureInfo.InvariantCulture);
        text[length] = '.';
        for (var (place, rest) = (length + 3, milliseconds % 1000); place > length; place--, rest /= 10) text[place] = (char)('0' + rest % 10);
        return text[..(length + 4)].ToString();
    }

    private static TimeSpan Spread(int guests)
    {
        var seconds = Math.Min(guests / ArrivalsPerSecond, MaxSpread.TotalSeconds) * Random.Shared.NextDouble();
        return TimeSpan.FromSeconds(Math.Round(seconds, 3));
    }
}
