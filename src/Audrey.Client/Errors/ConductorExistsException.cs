namespace Audrey.Client;

/// <summary>The conductor has a credential already; nothing was changed.</summary>
public sealed class ConductorExistsException : AudreyException
{
    internal ConductorExistsException(string message)
        : base(message)
    {
    }
}
