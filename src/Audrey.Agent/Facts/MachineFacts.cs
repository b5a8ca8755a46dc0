using Audrey.Agent.Diagnostics;

namespace Audrey.Agent.Facts;

/// <summary>
/// The facts of this machine. If a reader fails or takes too long, its class has the reason, and the other classes have their facts.
/// </summary>
internal sealed class MachineFacts(IReadOnlyList<IFactReader> readers, TimeProvider time)
{
    /// <summary>The time that a reader has to end its programs after its maximum time.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public IReadOnlyList<FactClass> Classes => [.. readers.Select(reader => reader.Class)];

    /// <summary>Reads the class of this name, or all classes if the name is null. The readers run one after another.</summary>
    public async Task<IReadOnlyList<ClassReport>> ReadAsync(string? className, CancellationToken cancellationToken)
    {
        var reports = new List<ClassReport>();
        foreach (var reader in readers.Where(reader => className is null || reader.Class.Name == className))
            reports.Add(await ReadAsync(reader, cancellationToken));
        return reports;
    }

    private async Task<ClassReport> ReadAsync(IFactReader reader, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(reader.MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A read of a file can block, for example on a network file system. Such a reader is abandoned.
            var reading = Task.Run(() => reader.ReadAsync(either.Token), either.Token);
            return new ClassReport(reader.Class, await reading.WaitAsync(reader.MaxTime + Grace, time, cancellationToken), null);
        }
        catch (Exception failure) when (failure is OperationCanceledException or TimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Fail(reader.Class, $"it took longer than {reader.MaxTime.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is FactException or IOException or UnauthorizedAccessException)
        {
            return Fail(reader.Class, failure.Message);
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or AgentException))
        {
            // The message of such an exception is not for people, and may quote a value.
            return Fail(reader.Class, $"its reader has a bug: {failure.GetType().Name}");
        }
    }

    private static ClassReport Fail(FactClass type, string reason) => new(
        type, type.Properties.ToDictionary(property => property.Name, _ => Reading.Unknown(reason)), reason);
}
