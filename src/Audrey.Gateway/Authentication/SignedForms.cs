using Audrey.Abstractions.Credentials;
using Audrey.Core.Ids;
using Audrey.Core.Limits;
using Audrey.Gateway.Credentials;
using Audrey.Gateway.Limits;
using Audrey.Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Authentication;

/// <summary>
/// Reads the signed forms of versions 0 to 2. A signature can cover the form, so the form must be read before its sender is proved. But a
/// sender whose key stands in the header or the query, and is not known, is refused before any byte of the form is read. If the credential
/// stands in the form, the form may only be as large as a guest's, and counts as a stranger's unless the instance in the path is known. See
/// decision 0048.
/// </summary>
internal sealed class SignedForms(
    BodyReader bodies, GuestCredentials guests, ConductorDirectory conductors, IOptions<DocumentLimits> limits)
{
    private readonly int _maxGuestForm = limits.Value.MaxGuestBodyBytes;

    /// <summary>Reads the form of a guest's request. A body of another type counts as an empty form.</summary>
    /// <param name="http">The request.</param>
    /// <param name="uuid">The instance in the path.</param>
    /// <exception cref="BadHttpRequestException">The form cannot be read; see <see cref="BodyReader"/>.</exception>
    public async ValueTask<SignedForm> ReadGuest(HttpContext http, string uuid)
    {
        if (!SignedRequest.TryReadKey(http, out var key) || (key is not null && key != uuid))
            return SignedForm.Refuse(StatusCodes.Status401Unauthorized);
        if (!FormBody.IsReadableForm(http.Request)) return default;
        var lookup = guests.TryGetCached(uuid) is null ? new GuestLookup(await guests.GetFresh(uuid)) : (GuestLookup?)null;
        var isKnown = lookup is not { Credential: null };
        if (key is not null && !isKnown)
        {
            RefusedCaller.NotRegistered.NoteIn(http);
            return SignedForm.Refuse(StatusCodes.Status404NotFound);
        }

        return new(await bodies.Read(http, _maxGuestForm, isKnown ? BodySender.WithKey(uuid) : BodySender.Stranger))
        {
            Lookup = lookup,
        };
    }

    /// <summary>Reads the form of a conductor's request, which must be a form.</summary>
    /// <param name="http">The request.</param>
    /// <param name="maxBytes">The maximum size of the form, if the credential does not stand in it.</param>
    /// <exception cref="BadHttpRequestException">The form cannot be read; see <see cref="BodyReader"/>.</exception>
    public async ValueTask<SignedForm> ReadConductor(HttpContext http, int maxBytes)
    {
        if (!SignedRequest.TryReadKey(http, out var key)) return SignedForm.Refuse(StatusCodes.Status401Unauthorized);
        if (key is null) return new(await bodies.Read(http, Math.Min(maxBytes, _maxGuestForm), BodySender.Stranger));
        return ConductorKey.TryParse(key, out var conductor, out _) && await conductors.Find(conductor) is not null
            ? new(await bodies.Read(http, maxBytes, BodySender.WithKey(key)))
            : SignedForm.Refuse(StatusCodes.Status401Unauthorized);
    }
}

/// <summary>A form that was read, or the refusal of its sender.</summary>
/// <param name="Bytes">The form.</param>
/// <param name="Refusal">401 or 404 if the sender was refused and the form was not read. 0 if the form was read.</param>
internal readonly record struct SignedForm(ReadOnlyMemory<byte> Bytes, int Refusal = 0)
{
    /// <summary>Gets the result of the lookup before the form was read. Null if the credential was in memory.</summary>
    public GuestLookup? Lookup { get; init; }

    public static SignedForm Refuse(int status) => new(default, status);
}
