using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Audrey.Abstractions.Resilience;
using Audrey.Cli.Profiles;
using Audrey.Client;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>
/// Sends requests to a gateway with the conductor's credential, and repeats those that fail for a temporary reason: no connection, no
/// answer, or a status that allows a repetition. The delays grow and are partly random. A delay is never shorter than the server asks for.
/// </summary>
internal sealed class GatewayCalls : IDisposable
{
    private const string ProblemType = "application/problem+json";

    private static readonly HttpStatusCode[] Temporary =
    [
        HttpStatusCode.RequestTimeout,
        HttpStatusCode.TooManyRequests,
        HttpStatusCode.InternalServerError,
        HttpStatusCode.BadGateway,
        HttpStatusCode.ServiceUnavailable,
        HttpStatusCode.GatewayTimeout,
    ];

    private readonly Profile _profile;
    private readonly TimeSpan _deadline;
    private readonly TimeProvider _time;
    private readonly RetryPolicy _policy;
    private readonly ServerTrust _trust;
    private readonly HttpClient _http;
    private readonly string _base;

    /// <param name="profile">The profile, which contains the address of the servers and the place of the credential.</param>
    /// <param name="secret">The credential's secret.</param>
    /// <param name="deadline">How long a request is tried.</param>
    /// <param name="time">The clock.</param>
    public GatewayCalls(Profile profile, string secret, TimeSpan deadline, TimeProvider time)
    {
        (_profile, _deadline, _time) = (profile, deadline, time);
        _policy = new()
        {
            FirstDelay = TimeSpan.FromMilliseconds(50),
            MaxDelay = TimeSpan.FromSeconds(2),
            Jitter = 0.5,
            Deadline = deadline,
        };
        _base = profile.Url.TrimEnd('/');
        _trust = new ServerTrust(profile, time);
        var handler = new SocketsHttpHandler
        {
            // A redirect could lead the secret to another place.
            AllowAutoRedirect = false,
            UseCookies = false,
            SslOptions = _trust.CreateOptions(),
            ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{profile.Key}:{secret}")));
        _http.DefaultRequestHeaders.UserAgent.Add(new("audrey", typeof(GatewayCalls).Assembly.GetName().Version?.ToString()));
    }

    /// <summary>Gets the address of the servers.</summary>
    public Uri Url => new(_profile.Url);

    public TimeProvider Time => _time;

    /// <summary>Sends a request until it is answered.</summary>
    /// <exception cref="UnavailableException">It was not answered within the deadline.</exception>
    /// <exception cref="AudreyException">The server is not trusted, or it refuses the credential.</exception>
    public async Task<GatewayAnswer> SendAsync(GatewayRequest request, CancellationToken cancellationToken)
    {
        var command = request.IsCommand ? Guid.NewGuid().ToString() : null;
        return await TryAsync(request.What, SendOnceAsync, cancellationToken);

        async Task<(GatewayAnswer Answer, Failure? Failure)> SendOnceAsync(CancellationToken token)
        {
            using var message = CreateMessage(request, command);
            using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
            var body = await response.Content.ReadAsByteArrayAsync(token);
            if (response.IsSuccessStatusCode) return (new GatewayAnswer(body, null), null);
            var problem = ProblemIn(response, body);
            var isPassing = problem.Type == request.PassingProblem;
            var failure = isPassing || Temporary.Contains(response.StatusCode) ? FailureOf(response, problem, isPassing) : null;
            return (new GatewayAnswer([], problem), failure);
        }
    }

    /// <summary>Opens a stream. The caller disposes of the response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="accept">The media type of the stream.</param>
    /// <param name="lastEventId">The number of the last event that was received from the stream.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public async Task<(HttpResponseMessage? Response, Problem? Problem)> OpenAsync(
        GatewayRequest request, string accept, string lastEventId, CancellationToken cancellationToken)
    {
        return await TryAsync<(HttpResponseMessage? Response, Problem? Problem)>(request.What, OpenOnceAsync, cancellationToken);

        async Task<((HttpResponseMessage?, Problem?) Answer, Failure? Failure)> OpenOnceAsync(CancellationToken token)
        {
            using var message = CreateMessage(request, command: null);
            message.Headers.Accept.Add(new(accept));
            message.Headers.TryAddWithoutValidation(Version3Routes.LastEventIdHeader, lastEventId);
            var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, token);
            if (response.IsSuccessStatusCode) return ((response, null), null);
            using (response)
            {
                var problem = ProblemIn(response, await response.Content.ReadAsByteArrayAsync(token));
                var failure = Temporary.Contains(response.StatusCode) ? FailureOf(response, problem, isAnswer: false) : null;
                return ((null, problem), failure);
            }
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _trust.Dispose();
    }

    /// <summary>Returns whether the failure of a connection can be temporary.</summary>
    public static bool IsTransient(Exception failure) => failure is HttpRequestException or IOException or SocketException;

    private async Task<T> TryAsync<T>(
        string what, Func<CancellationToken, Task<(T Answer, Failure? Failure)>> send, CancellationToken cancellationToken)
    {
        var retries = _policy.Begin(_time);
        Failure? last;
        while (true)
        {
            // A lost connection must not use up the whole deadline.
            using var limit = new CancellationTokenSource(LongTimes.ForTimer(_deadline / 2), _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            T? answer = default;
            try
            {
                (answer, last) = await send(either.Token);
                if (last is null) return answer;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                last = new Failure("it did not answer in time", null, IsAnswer: false);
            }
            catch (Exception failure) when (IsTransient(failure))
            {
                if (failure.InnerException is AuthenticationException refused) throw Untrusted(refused);
                last = new Failure(failure.InnerException?.Message ?? failure.Message, null, IsAnswer: false);
            }

            var isAllowed = retries.TryNext(out var delay);
            if (last.RetryAfter > delay) (delay, isAllowed) = (last.RetryAfter.Value, retries.Remaining > last.RetryAfter);
            if (!isAllowed && last.IsAnswer) return answer!;
            if (!isAllowed) break;
            await Task.Delay(delay, _time, cancellationToken);
        }

        var seconds = _deadline.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        throw new UnavailableException(
            $"{_base} did not get through {what} within {seconds} s: {last.Cause}", _deadline, innerException: null);
    }

    private HttpRequestMessage CreateMessage(GatewayRequest request, string? command)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_base + request.Path));
        if (request.Body is { } body)
        {
            message.Content = new ReadOnlyMemoryContent(body);
            message.Content.Headers.ContentType = new(request.ContentType);
        }

        if (command is not null) message.Headers.Add(Version3Routes.IdempotencyKeyHeader, command);
        return message;
    }

    /// <summary>Returns the problem in an answer. Throws if every request would have the same problem.</summary>
    private Problem ProblemIn(HttpResponseMessage response, byte[] body)
    {
        var status = (int)response.StatusCode;
        if (response.Content.Headers.ContentType?.MediaType != ProblemType)
        {
            if (Temporary.Contains(response.StatusCode)) return new Problem { Type = "", Title = $"it answered {status}", Status = status };
            throw new AudreyException(
                $"{_base} answered {status}, but not as a server of version 3 of the API does. Check that the URL is the address of a "
                + $"gateway, and not of another program or of a redirect. To change it: audrey login {_profile.Name} --url URL");
        }

        var problem = new GatewayAnswer(body, null).Read(Version3Json.Default.Problem);
        return problem.Type switch
        {
            ProblemTypes.NotAuthorized => throw new AudreyException(
                $"{_base} refuses the credential of profile {_profile.Name}: there is no conductor {_profile.Key}, or its secret is not "
                + $"the one in {_profile.SecretPlace}. Ask an administrator for a credential (audrey conductor add or rotate). Then log "
                + $"in again: audrey login {_profile.Name}"),
            ProblemTypes.RoleRequired or ProblemTypes.TlsRequired => throw new AudreyException(
                $"{_base} refuses this to conductor {_profile.Key}: {problem.Detail ?? problem.Title}"),
            _ => problem,
        };
    }

    private AudreyException Untrusted(AuthenticationException cause) => new(
        _trust.Refusal is { } refusal
            ? $"{refusal} Nothing was sent to the server."
            : $"No TLS connection to {_base} was made: {cause.Message} Does the port serve https? Nothing was sent to the server.",
        cause);

    private Failure FailureOf(HttpResponseMessage response, Problem problem, bool isAnswer)
    {
        TimeSpan? delay = response.Headers.RetryAfter switch
        {
            { Delta: { } given } => given,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => null,
        };
        return new Failure(problem.Detail ?? problem.Title, delay, isAnswer);
    }

    /// <summary>Connects with keep-alives, so that a stream of events notices the loss of its server.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A failure after which the request is repeated.</summary>
    /// <param name="Cause">A description of the failure.</param>
    /// <param name="RetryAfter">How long the server asks to wait; null if it does not say.</param>
    /// <param name="IsAnswer">Whether the answer is returned when the deadline has passed.</param>
    private sealed record Failure(string Cause, TimeSpan? RetryAfter, bool IsAnswer);
}
