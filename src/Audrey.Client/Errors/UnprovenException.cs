using Audrey.Abstractions.Connections;

namespace Audrey.Client;

/// <summary>
/// The servers do not accept the credential: the key is unknown, the secret is wrong, the credential was revoked, or there were too many
/// wrong secrets. The message contains the remedy. Nothing was done.
/// </summary>
public sealed class UnprovenException : AudreyException
{
    /// <summary>Creates the exception, for example in a fake of <see cref="IAudreyClient"/>.</summary>
    public UnprovenException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Returns the exception for a refused connection.</summary>
    internal static UnprovenException Of(ProofRefusedException refused) => new(refused.Message, refused);
}
