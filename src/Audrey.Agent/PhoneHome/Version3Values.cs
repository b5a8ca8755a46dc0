using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.State;
using Audrey.Protocol.Version3;

namespace Audrey.Agent.PhoneHome;

/// <summary>
/// Gives values under numbers that rise. The number is in the journal before the request goes out, so that what is sent again because its
/// answer was lost has the same number, also after a reboot.
/// </summary>
internal sealed class Version3Values(Version3Requests http, Journal journal, string secret)
{
    /// <summary>Tries with ever higher numbers. The first refusal tells the number to go on from, so more are something else.</summary>
    private const int MaxNumbers = 3;

    private const string Request = "PUT /values";

    /// <summary>Gives them; returns those that are refused, and what the server says is missing then, if any were taken.</summary>
    public async Task<(IReadOnlyList<string> Refused, IReadOnlyList<string>? Missing)> GiveAsync(
        long generation, long taken, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        if (values.Count == 0) return ([], null);
        var answer = await PutAsync(generation, taken, values, cancellationToken);
        if (answer.Status == 200)
        {
            var read = Version3Answers.ReadValues(answer.Body) ?? throw Trouble.NotUnderstood(Request);
            journal.TakeValues();
            return ([], read.Missing);
        }

        if (answer.Status is not (400 or 413)) throw Version3Refusals.Of(Request, answer);
        if (values.Count == 1) return ([values.Keys.Single()], null);
        var named = Named(answer, values);
        var (refused, missing) = (new List<string>(named), (IReadOnlyList<string>?)null);
        // What is at fault is named; when it is not, as with too large a body, each is given by itself.
        IEnumerable<IReadOnlyDictionary<string, byte[]>> parts = named.Count > 0
            ? [values.Where(value => !named.Contains(value.Key)).ToDictionary(StringComparer.Ordinal)]
            : values.Select(value => new Dictionary<string, byte[]>(StringComparer.Ordinal) { [value.Key] = value.Value });
        foreach (var part in parts)
        {
            var (more, left) = await GiveAsync(generation, taken, part, cancellationToken);
            refused.AddRange(more);
            missing = left ?? missing;
        }

        return (refused, missing);
    }

    private async Task<ServerAnswer> PutAsync(long generation, long taken, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var digest = Digest(generation, values);
        for (var number = 1; ; number++)
        {
            var revision = journal.NumberValues(digest, taken);
            var answer = await http.PutAsync("/values", Version3Bodies.Values(generation, revision, values), cancellationToken);
            if (answer.Status != 409) return answer;
            if (Version3Refusals.Of(Request, answer) is not RunTakenException { Last: var last } || number == MaxNumbers) return answer;
            journal.TakeValues();
            taken = Math.Max(taken, last);
        }
    }

    private static HashSet<string> Named(ServerAnswer answer, IReadOnlyDictionary<string, byte[]> values)
    {
        const string at = "/values/";
        var problem = Version3Answers.ReadProblem(answer);
        var pointers = (problem?.Errors ?? []).Select(fault => fault?.Pointer ?? "").Where(pointer => pointer.StartsWith(at, StringComparison.Ordinal));
        var names = pointers.Select(pointer => pointer[at.Length..].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return [.. names.Where(values.ContainsKey)];
    }

    /// <summary>Keyed with the secret, so that the journal tells nothing of the values.</summary>
    private string Digest(long generation, IReadOnlyDictionary<string, byte[]> values)
    {
        using var digest = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        digest.AppendData(BitConverter.GetBytes(generation));
        foreach (var (name, value) in values.OrderBy(value => value.Key, StringComparer.Ordinal))
        {
            foreach (var part in (byte[][])[Encoding.UTF8.GetBytes(name), value])
            {
                digest.AppendData(BitConverter.GetBytes(part.Length));
                digest.AppendData(part);
            }
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }
}
