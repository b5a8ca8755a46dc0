using Audrey.Abstractions.Instances;
using Audrey.Core.Instances;

namespace Audrey.Grains.Instance;

/// <summary>Relates a guest's verified request to the instance that answers it.</summary>
internal static class GuestContacts
{
    /// <summary>Returns <see cref="GuestStatus.Ok"/> if the request was verified against the current registration.</summary>
    public static GuestStatus Admit(this RegisteredInstance? instance, GuestContact contact, DateTimeOffset now) =>
        instance is null ? GuestStatus.NotRegistered
        : instance.Definition.Generation != contact.Generation ? GuestStatus.StaleCredential
        : !instance.Definition.Accepts(contact.SecretNumber, contact.UsesPreviousSecret, now) ? GuestStatus.StaleCredential
        : GuestStatus.Ok;

    /// <summary>Returns the contact in the form that the instance's machine takes.</summary>
    /// <param name="contact">The request.</param>
    /// <param name="instance">The instance, whose secret the request was signed with.</param>
    /// <param name="notesAddress">Whether the request reports the guest's address.</param>
    public static Contact ToContact(this GuestContact contact, RegisteredInstance instance, bool notesAddress) =>
        new(contact.Address, notesAddress, ProvidesAddress: notesAddress && contact.ProtocolVersion == 0, contact.Mark)
        {
            SecretDigest = contact.UsesPreviousSecret ? instance.PreviousSecretDigest : instance.SecretDigest,
            AnswersOutdated = contact.AnswersOutdated,
        };
}
