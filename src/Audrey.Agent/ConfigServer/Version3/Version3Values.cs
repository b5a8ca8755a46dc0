using System.Security.Cryptography;
using System.Text;
using Audrey.Agent.State;

namespace Audrey.Agent.ConfigServer.Version3;

/// <summary>
/// Sends values under increasing numbers. Each number is written to the journal before the request is sent. So a repetition after a lost
/// answer has the same number, even after a reboot.
/// </summary>
internal sealed class Version3Values(Version3Requests http, Journal journal, string secret)
{
    /// <summary>
    /// The maximum number of attempts, each with a new number. The first refusal contains the number to continue from, so a further refusal
    /// has a different cause.
    /// </summary>
    private const int MaxNumbers = 3;

    private const string Request = "PUT /values";

    /// <summary>
    /// Sends the values. Returns the names of the refused values. If any values were accepted, also returns the names of the values that
    /// are still missing.
    /// </summary>
    public async Task<(IReadOnlyList<string> Refused, IReadOnlyList<string>? Missing)> GiveAsync(
        long generation, long lastAccepted, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        if (values.Count == 0) return ([], null);
        var answer = await PutAsync(generation, lastAccepted, values, cancellationToken);
        if (answer.Status == 200)
        {
            var accepted = Version3Answers.ReadValues(answer.Body) ?? throw AnswerErrors.NotUnderstood(Request);
            journal.AcceptValues();
            return ([], accepted.Missing);
        }

        if (answer.Status is not (400 or 413)) throw Version3Errors.Create(Request, answer);
        if (values.Count == 1) return ([values.Keys.Single()], null);
        var named = ReadRefusedNames(answer, values);
        var (refused, missing) = (new List<string>(named), (IReadOnlyList<string>?)null);
        // The server names the invalid values. If the server names no value, for example because the body is too large, each value is sent
        // individually.
        IEnumerable<IReadOnlyDictionary<string, byte[]>> parts = named.Count > 0
            ? [values.Where(value => !named.Contains(value.Key)).ToDictionary()]
            : values.Select(value => new Dictionary<string, byte[]> { [value.Key] = value.Value });
        foreach (var part in parts)
        {
            var (partRefused, partMissing) = await GiveAsync(generation, lastAccepted, part, cancellationToken);
            refused.AddRange(partRefused);
            missing = partMissing ?? missing;
        }

        return (refused, missing);
    }

    private async Task<ServerAnswer> PutAsync(
        long generation, long lastAccepted, IReadOnlyDictionary<string, byte[]> values, CancellationToken cancellationToken)
    {
        var digest = Digest(generation, values);
        for (var attempt = 1; ; attempt++)
        {
            var number = journal.NumberValues(digest, lastAccepted);
            var answer = await http.PutAsync("/values", Version3Bodies.WriteValues(generation, number, values), cancellationToken);
            if (answer.Status != 409) return answer;
            if (attempt == MaxNumbers) return answer;
            if (Version3Errors.Create(Request, answer) is not RunNumberTakenException { LastRun: var last }) return answer;
            journal.AcceptValues();
            lastAccepted = Math.Max(lastAccepted, last);
        }
    }

    private static HashSet<string> ReadRefusedNames(ServerAnswer answer, IReadOnlyDictionary<string, byte[]> values)
    {
        const string prefix = "/values/";
        var names = (AnswerErrors.ReadProblem(answer)?.Errors ?? [])
            .Select(error => error?.Pointer ?? "")
            .Where(pointer => pointer.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pointer => pointer[prefix.Length..].Replace("~1", "/", StringComparison.Ordinal))
            .Select(pointer => pointer.Replace("~0", "~", StringComparison.Ordinal));
        return [.. names.Where(values.ContainsKey)];
    }

    /// <summary>Returns a digest of the values. The digest is keyed with the secret, so the journal does not reveal the values.</summary>
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
