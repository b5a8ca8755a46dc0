using Audrey.Protocol.Version3;

namespace Audrey.Gateway.Documents;

/// <summary>
/// Collects the errors of a request, each with its place in the body. At most a hundred errors are kept, because nobody reads a longer
/// list.
/// </summary>
internal sealed class RequestErrors
{
    private const int Max = 100;

    private readonly List<ProblemError> _errors = [];

    public IReadOnlyList<ProblemError> All => _errors;

    public void Add(string pointer, string detail)
    {
        if (_errors.Count < Max) _errors.Add(new(pointer, detail));
    }
}
