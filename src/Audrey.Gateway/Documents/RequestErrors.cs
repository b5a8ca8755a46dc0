using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>Collects at most a hundred errors of a request, each with its place. Nobody reads more than that.</summary>
internal sealed class RequestErrors
{
    private const int Max = 100;

    private readonly List<Fault> _errors = [];

    public IReadOnlyList<Fault> All => _errors;

    public void Add(string pointer, string detail)
    {
        if (_errors.Count < Max) _errors.Add(new(pointer, detail));
    }
}
