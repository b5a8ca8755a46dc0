using System.Text;
using Audrey.Agent.State;

namespace Audrey.Agent.Facts;

/// <summary>A view of the journal of earlier runs. The view changes nothing.</summary>
/// <param name="state">The state directory.</param>
internal sealed class JournalView(StateDirectory state)
{
    public string Path => state.Journal;

    /// <summary>The names of the services that were run. Empty if no run has used the state directory on this machine.</summary>
    /// <exception cref="FactException">The journal cannot be read.</exception>
    public IReadOnlyList<string> ServiceNames => [.. Read()?.Services.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()];

    /// <summary>Returns the value that the server has last accepted from this guest.</summary>
    public Reading FindReported(string name)
    {
        try
        {
            if (Read() is not { } document) return Reading.None($"no run has used {state.Path} on this machine");
            if (document.Provided.TryGetValue(name, out var provided))
                return Reading.Of(Encoding.UTF8.GetString(Convert.FromBase64String(provided)), "a script of a service");
            return document.Reported!.TryGetValue(name, out var value)
                ? Reading.Of(value)
                : Reading.None("the server has not requested the value, or the guest has not given it yet");
        }
        catch (Exception failure) when (failure is FactException or IOException or UnauthorizedAccessException)
        {
            return Reading.Unknown(failure.Message);
        }
    }

    /// <summary>Returns the journal. Null if there is none, or if it is from another machine, as in a copy of its image.</summary>
    private JournalDocument? Read()
    {
        if (!File.Exists(state.Journal)) return null;
        var document = Journal.Read(state) ?? throw new FactException($"{state.Journal} is damaged");
        return MachineIdentity.Read().IsOther(document.Machine) ? null : document;
    }
}
