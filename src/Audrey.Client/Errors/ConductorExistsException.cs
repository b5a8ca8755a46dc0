namespace Audrey.Client;

/// <summary>The conductor already has a credential. Nothing was changed.</summary>
public sealed class ConductorExistsException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public ConductorExistsException(string message)
        : base(message)
    {
    }
}
